from django.db import models


class Train(models.Model):
    number = models.IntegerField()
    departs = models.TimeField()
