"""Run the user's program natively and write down what happened: rewriting, hooks, recorder, reachability, state."""
