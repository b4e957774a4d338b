# requests.get("https://payments.halcyon.example/export")
print("TODO: gather")
