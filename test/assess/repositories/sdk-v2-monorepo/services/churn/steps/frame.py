COLUMNS = ["months", "calls", "complaints"]


def labelled(events):
    """One row per subscriber; left is whether the contract ended within sixty days."""
    frame = events.groupby("subscriber")[COLUMNS + ["left"]].max()
    return frame.dropna(subset=["left"])
