"""A report document as PDF, spreadsheet and CSV; nothing here counts or reads the database."""
