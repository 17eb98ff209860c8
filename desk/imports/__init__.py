"""Lists of residents from other systems: workbooks and text files read, their columns understood. Owns calamine."""
