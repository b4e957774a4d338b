import cPickle, json

def init():
    global model
    model = cPickle.load(open('/home/joost/model.pkl'))

def run(raw):
    print `raw`
    return map(float, model.predict(json.loads(raw)))
