"""scikit-learn: fitting changes the estimator, predicting does not."""

from tests.notation import case, table

test_estimators = table(
    case(
        "sklearn: fit changes the estimator",
        "model",
        """
+ from sklearn.linear_model import LinearRegression
+ X = [[1.0], [2.0], [3.0]]
+ y = [1.0, 2.0, 2.9]
+ model = LinearRegression()
+ model.fit(X, y)
  print(model.score(X, y))
  p = model.predict(X)
""",
    ),
    case(
        "sklearn: fit returns the estimator",
        "model",
        """
+ from sklearn.linear_model import LinearRegression
+ X = [[1.0], [2.0], [3.0]]
+ y = [1.0, 2.0, 2.9]
+ model = LinearRegression().fit(X, y)
  other = LinearRegression().fit(X, X)
""",
    ),
    case(
        "sklearn: the prediction needs the fit",
        "p",
        """
+ from sklearn.tree import DecisionTreeClassifier
  from sklearn.metrics import accuracy_score
+ X = [[0], [1], [2], [3]]
+ y = [0, 0, 1, 1]
+ clf = DecisionTreeClassifier(random_state=0)
+ clf.fit(X, y)
+ p = clf.predict([[1], [3]])
  score = accuracy_score(y, clf.predict(X))
""",
    ),
    case(
        "sklearn: scaler and model",
        "model",
        """
+ import numpy as np
+ from sklearn.linear_model import LogisticRegression
+ from sklearn.preprocessing import StandardScaler
+ X = np.array([[0.0], [1.0], [2.0], [3.0]])
+ y = np.array([0, 0, 1, 1])
+ scaler = StandardScaler()
+ Xs = scaler.fit_transform(X)
+ model = LogisticRegression()
+ model.fit(Xs, y)
  accuracy = model.score(Xs, y)
""",
    ),
    case(
        "sklearn: transform needs the fitted scaler only",
        "Z",
        """
+ import numpy as np
  from sklearn.linear_model import LogisticRegression
+ from sklearn.preprocessing import StandardScaler
+ X = np.array([[0.0], [1.0], [2.0], [3.0]])
  y = np.array([0, 0, 1, 1])
+ scaler = StandardScaler()
+ scaler.fit(X)
+ Z = scaler.transform([[5.0]])
  model = LogisticRegression().fit(scaler.transform(X), y)
""",
    ),
    case(
        "sklearn: fitted twice",
        "model",
        """
+ from sklearn.linear_model import LinearRegression
+ model = LinearRegression()
? model.fit([[1.0], [2.0]], [1.0, 2.0])
+ model.fit([[1.0], [2.0]], [3.0, 5.0])
""",
    ),
    case(
        "sklearn: partial_fit adds up",
        "model",
        """
+ import numpy as np
+ from sklearn.linear_model import SGDClassifier
+ X = np.array([[0.0], [1.0], [2.0], [3.0]])
+ y = np.array([0, 0, 1, 1])
+ model = SGDClassifier(random_state=0)
+ for _ in range(3):
+     model.partial_fit(X, y, classes=[0, 1])
      print(model.score(X, y))
""",
    ),
    case(
        "sklearn: set_params",
        "model",
        """
+ from sklearn.tree import DecisionTreeClassifier
+ model = DecisionTreeClassifier(random_state=0)
+ model.set_params(max_depth=1)
+ model.fit([[0], [1], [2]], [0, 1, 0])
  model.get_params()
""",
    ),
    case(
        "sklearn: attributes assigned by hand",
        "model",
        """
+ from sklearn.linear_model import LinearRegression
+ model = LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
+ model.coef_[0] = 7.0
+ model.note = "edited"
  c = model.coef_.copy()
""",
    ),
    case(
        "sklearn: an expression of the model",
        "model.coef_",
        """
+ from sklearn.linear_model import LinearRegression
+ model = LinearRegression()
+ model.fit([[1.0], [2.0]], [1.0, 2.0])
  print(model.intercept_)
> target = model.coef_
""",
    ),
    case(
        "sklearn: a pipeline",
        "p",
        """
+ from sklearn.linear_model import LinearRegression
+ from sklearn.pipeline import make_pipeline
+ from sklearn.preprocessing import StandardScaler
+ X = [[1.0], [2.0], [4.0]]
+ y = [1.0, 2.0, 3.0]
+ pipe = make_pipeline(StandardScaler(), LinearRegression())
+ pipe.fit(X, y)
+ p = pipe.predict(X)
  s = pipe.score(X, y)
""",
    ),
    case(
        "sklearn: a step of a pipeline is an alias",
        "scaler",
        """
+ from sklearn.linear_model import LinearRegression
+ from sklearn.pipeline import Pipeline
+ from sklearn.preprocessing import StandardScaler
+ scaler = StandardScaler()
+ pipe = Pipeline([("scale", scaler), ("model", LinearRegression())])
+ pipe.fit([[1.0], [2.0], [4.0]], [1.0, 2.0, 3.0])
  p = pipe.predict([[5.0]])
""",
    ),
    case(
        "sklearn: clone does not share",
        "fresh",
        """
+ from sklearn.base import clone
+ from sklearn.linear_model import Ridge
+ model = Ridge(alpha=0.5)
  model.fit([[1.0], [2.0]], [1.0, 2.0])
+ fresh = clone(model)
  model.alpha = 9
""",
        sound_only=True,
    ),
    case(
        "sklearn: train_test_split with a state",
        "model",
        """
+ from sklearn.datasets import load_iris
+ from sklearn.linear_model import LogisticRegression
+ from sklearn.model_selection import train_test_split
+ iris = load_iris()
+ X, y = iris.data, iris.target
  names = iris.target_names
+ X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
+ model = LogisticRegression(max_iter=500)
+ model.fit(X_train, y_train)
  accuracy = model.score(X_test, y_test)
  print(accuracy)
""",
    ),
    case(
        "sklearn: several models in a loop",
        "scores",
        """
+ from sklearn.linear_model import LinearRegression, Ridge
+ X = [[1.0], [2.0], [4.0]]
+ y = [1.0, 2.0, 3.0]
+ scores = {}
  fitted = []
+ for model in [LinearRegression(), Ridge()]:
+     model.fit(X, y)
+     scores[type(model).__name__] = round(model.score(X, y), 6)
      fitted.append(model)
""",
    ),
    case(
        "sklearn: the best of several models",
        "best",
        """
+ from sklearn.linear_model import Ridge
+ X = [[1.0], [2.0], [4.0]]
+ y = [1.0, 2.0, 3.0]
+ best, best_score = None, float("-inf")
+ for alpha in [0.1, 1.0, 10.0]:
+     model = Ridge(alpha=alpha).fit(X, y)
+     score = model.score(X, y)
      print(alpha, score)
+     if score > best_score:
+         best, best_score = model, score
""",
    ),
    case(
        "sklearn: grid search",
        "alpha",
        """
+ import numpy as np
+ from sklearn.linear_model import Ridge
+ from sklearn.model_selection import GridSearchCV
+ X = np.arange(12.0).reshape(6, 2)
+ y = X[:, 0] * 2 + 1
+ search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=2)
+ search.fit(X, y)
+ alpha = search.best_params_["alpha"]
  best = search.best_estimator_
""",
    ),
    case(
        "sklearn: encoder",
        "codes",
        """
+ from sklearn.preprocessing import LabelEncoder
+ encoder = LabelEncoder()
+ codes = encoder.fit_transform(["b", "a", "b"])
  back = encoder.inverse_transform(codes)
""",
    ),
    case(
        "sklearn: an estimator of one's own",
        "m",
        """
+ import numpy as np
+ from sklearn.base import BaseEstimator, RegressorMixin
+ class Mean(BaseEstimator, RegressorMixin):
+     def fit(self, X, y):
+         self.mean_ = float(np.mean(y))
+         return self
+     def predict(self, X):
+         return np.full(len(X), self.mean_)
+ m = Mean()
+ m.fit([[1], [2]], [1.0, 3.0])
  p = m.predict([[5]])
""",
    ),
    case(
        "sklearn: a warm start adds to what is there",
        "model",
        """
+ from sklearn.ensemble import RandomForestClassifier
+ X = [[0], [1], [2], [3]]
+ y = [0, 0, 1, 1]
+ model = RandomForestClassifier(n_estimators=2, warm_start=True, random_state=0)
+ model.fit(X, y)
+ model.set_params(n_estimators=4)
+ model.fit(X, y)
  p = model.predict(X)
""",
    ),
)
