"""From a closed spool to a sealed recording: encoded, chained to the one before, encrypted to those who may open it."""
