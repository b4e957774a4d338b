def train(
    x, y
  return x
]]]
