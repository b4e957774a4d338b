from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def build():
    words = make_column_transformer((TfidfVectorizer(), "text"), remainder="passthrough")
    return make_pipeline(words, LogisticRegression(max_iter=500))
