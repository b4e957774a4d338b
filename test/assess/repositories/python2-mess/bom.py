import sklearn
print "bom"
