"""The hotline in a box: sample estate, private servers, virtual headset, simulated caller, scripted agent. Used by
`desk demo`, by the end-to-end tests and by the benchmark."""
