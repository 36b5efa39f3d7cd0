"""Reports by e-mail: whoever subscribed gets each month's once, with a link of their own."""
