"""TensorFlow and Keras."""

from __future__ import annotations

from tests.effects.trials import needs
from tests.notation import case, table

pytestmark = needs("tensorflow", "keras")

test_generators = table(
    case(
        "the seed, and every draw of TensorFlow up to the needed one",
        "x",
        """
+ import tensorflow as tf
+ tf.random.set_seed(3)
  v = tf.Variable([1.0, 2.0])
+ a = tf.random.normal([2])
+ b = tf.random.normal([2])
  c = tf.random.normal([2])
+ x = b.numpy().tolist()
""",
    ),
    case(
        "a function that seeds all generators",
        "p",
        """
+ import numpy as np
+ import keras
+ keras.utils.set_random_seed(3)
+ model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
+ p = float(model.predict(np.ones((1, 2)), verbose=0)[0, 0])
""",
    ),
)
