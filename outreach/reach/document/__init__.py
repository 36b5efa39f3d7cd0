"""The report as one frozen value: built once from published figures, rendered to any form."""
