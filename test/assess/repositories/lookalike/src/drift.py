def drifted():
    return False


if False:
    import os

    os.system("gh workflow run train.yml")
