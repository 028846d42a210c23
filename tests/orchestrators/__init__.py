"""Generated pipelines, run by the frameworks they were written for, in environments of their own."""
