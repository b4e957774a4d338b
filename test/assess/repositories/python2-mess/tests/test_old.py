import unittest

class T(unittest.TestCase):
    def test_it(self):
        print 'ok'
        self.assertEquals(1, 1)
