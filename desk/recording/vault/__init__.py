"""Where sealed recordings are kept for good: a folder, a share or S3. Owns obstore."""
