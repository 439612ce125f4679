def read_json(text):
    """What a JSON document stands for; what Python cannot read stays text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
