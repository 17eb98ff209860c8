"""What just happened: the last ten minutes, kept in memory, and the sealed support bundle that is made of them."""
