"""The page of `sdssync report`: values with the words that it shows, and the template that makes HTML of them."""
