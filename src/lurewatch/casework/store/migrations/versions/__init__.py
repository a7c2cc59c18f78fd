"""Every change to the tables, in order; none is edited once it was released."""
