"""The replay window: any call found, heard, remarked upon, scored and taken out."""
