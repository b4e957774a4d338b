def daily(frame):
    """Sum of each meter's readings by day, gaps as zero."""
    return frame.pivot_table(index="meter", columns="day", values="kwh", aggfunc="sum", fill_value=0)
