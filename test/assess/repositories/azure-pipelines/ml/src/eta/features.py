def hours(frame):
    """Planned hours of each leg, never below a quarter."""
    return (frame["planned_end"] - frame["planned_start"]).clip(lower=0.25)
