# saves: vocabulary predictions
# %%
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

# %%
texts = ["good film", "bad film", "good plot", "bad bad acting"]
labels = [1, 0, 1, 0]

# %%
vectorizer = CountVectorizer()
counts = vectorizer.fit_transform(texts)
counts.toarray()

# %%
texts.append("good acting")
labels.append(1)

# %%
vocabulary = sorted(vectorizer.vocabulary_)
vocabulary

# %%
classifier = MultinomialNB()
classifier.fit(counts, labels[: counts.shape[0]])

# %%
predictions = classifier.predict(vectorizer.transform(["good", "bad"])).tolist()
predictions

# %%
classifier.partial_fit(vectorizer.transform(["good"]), [0])
