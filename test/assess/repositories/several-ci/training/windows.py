def windows(frame, hours=6):
    return frame.set_index("at").rolling(f"{hours}h").mean().dropna()
