def offer(share):
    if share > 0.8:
        return "call"
    return "voucher" if share > 0.5 else None
