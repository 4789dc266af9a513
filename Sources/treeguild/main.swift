print("treeguild")
