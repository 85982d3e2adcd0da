"""What `clearway doctor` looks at."""
