"""scikit-learn."""

from __future__ import annotations

from tests.effects.trials import trials

_SETUP = """
import numpy as np, sklearn
from sklearn import base, cluster, compose, datasets, decomposition, ensemble, feature_extraction, linear_model, metrics
from sklearn import model_selection, naive_bayes, neighbors, pipeline, preprocessing, svm, tree
from sklearn.feature_extraction import text
rng = np.random.RandomState(0); X = rng.rand(20, 3); y = (X[:, 0] > 0.5).astype(int)
words = ["red green", "green blue", "blue red"]
inner = linear_model.LogisticRegression(); scaler = preprocessing.StandardScaler(copy=False)
pipe = pipeline.make_pipeline(scaler, inner)
tree_ = tree.DecisionTreeClassifier(random_state=rng); forest = ensemble.RandomForestClassifier(3, random_state=0)
"""
_FITTED = (
    _SETUP
    + """
tree_.fit(X, y); forest.fit(X, y); inner.fit(X, y)
regression = linear_model.LinearRegression().fit(X, y); near = neighbors.KNeighborsClassifier(algorithm="brute").fit(X, y)
means = cluster.KMeans(2, n_init=1).fit(X); vectors = text.TfidfVectorizer().fit(words)
one_hot = preprocessing.OneHotEncoder().fit(X); coded = preprocessing.LabelEncoder().fit(y)
fresh = preprocessing.StandardScaler(copy=False).fit(X.copy())
"""
)

test_fitting = trials(
    _SETUP,
    """
    inner.fit(X, y)
    tree_.fit(X, y)
    forest.fit(X, y)
    linear_model.LinearRegression().fit(X, y)
    linear_model.SGDClassifier().partial_fit(X, y, classes=[0, 1])
    cluster.KMeans(2, n_init=1).fit_predict(X)
    scaler.fit_transform(X)
    pipe.fit(X, y)
    text.CountVectorizer().fit_transform(words)
    preprocessing.LabelEncoder().fit_transform(y)
    model_selection.GridSearchCV(tree_, {"max_depth": [1, 2]}, cv=2).fit(X, y)
    ensemble.VotingClassifier([("a", inner)]).fit(X, y)
    forest.set_params(max_depth=2)
    decomposition.PCA(2).fit(X)
    svm.SVC().fit(X, y)
    naive_bayes.GaussianNB().fit(X, y)
    ensemble.GradientBoostingClassifier(n_estimators=2).fit(X, y)
    decomposition.NMF(2, init="custom", max_iter=5).fit_transform(X, W=np.ones((20, 2)), H=np.ones((2, 3)))
    """,
)

test_using = trials(
    _FITTED,
    """
    inner.predict(X)
    inner.predict_proba(X)
    inner.score(X, y)
    tree_.predict(X)
    tree_.apply(X)
    forest.predict(X)
    forest.predict_proba(X)
    forest.score(X, y)
    forest.get_params()
    regression.predict(X)
    near.predict(X)
    near.kneighbors(X)
    means.predict(X)
    vectors.transform(words)
    vectors.get_feature_names_out()
    one_hot.transform(X)
    coded.inverse_transform(y)
    fresh.transform(X)
    linear_model.LinearRegression()
    pipeline.Pipeline([("a", inner)])
    pipeline.make_pipeline(inner)
    base.clone(forest)
    metrics.accuracy_score(y, y)
    metrics.mean_squared_error(y, y)
    metrics.confusion_matrix(y, y)
    metrics.classification_report(y, y)
    metrics.roc_auc_score(y, X[:, 0])
    datasets.load_iris()
    model_selection.KFold(3)
    """,
)

test_settings = trials(
    _SETUP,
    """
    sklearn.set_config(assume_finite=True)
    sklearn.get_config()
    """,
)
