"""Gymnasium."""

from __future__ import annotations

from tests.effects.trials import everything_known
from tests.notation import case, table

test_gymnasium = everything_known(
    "gymnasium",
    """
import gymnasium, gymnasium as gym, gymnasium.vector, numpy as np
env = gym.make("CartPole-v1"); env.reset(seed=3); space = gym.spaces.Discrete(3, seed=2)
many = gym.make_vec("CartPole-v1", num_envs=2); many.reset(seed=3)
""",
    arguments="0\n1\n[0]\n[0, 1]",
    receivers={"Space": "space"},
    calls="""
    env.reset(seed=4)
    env.step(1)
    env.render()  # maybe
    env.close()  # maybe
    many.reset(seed=4)
    many.step(np.array([0, 1]))
    gym.spaces.Discrete(3)
    gym.spaces.Box(0, 1, (2,))
    """,
)

test_slices = table(
    case(
        "an episode in one of two environments",
        "last",
        """
+ import gymnasium as gym
+ env = gym.make("CartPole-v1")
  other = gym.make("CartPole-v1")
+ obs, info = env.reset(seed=3)
  other.reset(seed=4)
  total = 0
+ for step in range(5):
+     obs, reward, done, cut, info = env.step(step % 2)
      total += reward
  other.step(1)
  env.action_space.contains(0)
+ last = obs.tolist()
""",
    ),
    case(
        "actions are drawn from the space",
        "second",
        """
+ import gymnasium as gym
+ space = gym.spaces.Discrete(100)
+ space.seed(5)
+ first = space.sample()
  space.contains(first)
+ second = int(space.sample())
  third = space.sample()
""",
    ),
    case(
        "an environment of one's own",
        "seen",
        """
+ import gymnasium as gym
+ class Walk(gym.Env):
+     action_space = gym.spaces.Discrete(2)
+     observation_space = gym.spaces.Box(-9, 9, (1,))
+     def reset(self, *, seed=None, options=None):
+         super().reset(seed=seed)
+         self.place = int(self.np_random.integers(3))
+         return self.place, {}
+     def step(self, action):
+         self.place += 2 * action - 1
+         return self.place, 0.0, False, False, {}
+ env = Walk()
+ env.reset(seed=1)
+ env.step(1)
  env.action_space.contains(1)
+ seen, *rest = env.step(0)
""",
    ),
)
