"""Knowledge: articles beside the form and on a page of their own, questions that nobody could answer yet."""
