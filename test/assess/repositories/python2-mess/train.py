# -*- coding: utf-8 -*-
import cPickle
import urllib2
from sklearn.linear_model import LinearRegression

rows = [line.split(';') for line in open('visitors.csv').readlines()[1:]]
print 'rows', len(rows)
model = LinearRegression()
try:
	model.fit([[float(r[1])] for r in rows], [float(r[2]) for r in rows])
except ValueError, e:
        print >>sys.stderr, e
	raise
exec "print model.coef_"
cPickle.dump(model, open('/home/joost/model.pkl', 'w'))
