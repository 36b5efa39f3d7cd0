"""Reports as they were published: kept whole, opened by links and keys that can be taken back."""
