"""The data that Linli learns from and speaks with; `README.md` says what each file holds."""
