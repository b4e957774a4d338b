import pandas as pd
from frame import COLUMNS, labelled


def test_a_subscriber_is_one_row():
    events = pd.DataFrame({"subscriber": [1, 1], "left": [0, 1], **{c: [1, 2] for c in COLUMNS}})
    assert len(labelled(events)) == 1
