"""What keeps a store in order: checking it, removing what nobody needs, copying it. One file per job."""
