"""Real servers for tests: PostgreSQL, S3 (two of them), Google Cloud Storage, Azure Blob Storage and SFTP."""
