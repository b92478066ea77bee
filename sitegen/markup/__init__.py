"""Text of a store made safe for a page: links, Markdown, data scripts."""
