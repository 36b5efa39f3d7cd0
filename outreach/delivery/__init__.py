"""The one pipeline: a delivery gets there once, by attempts that are recorded before they are made.

It works on any pair of tables with the delivery and attempt columns (a Lane) and does not know
whether it serves a broadcast or the sealed hotline.
"""
