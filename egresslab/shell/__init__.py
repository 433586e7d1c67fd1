"""What the shell words do: each file has some words, how they are asked, and their exit codes."""
