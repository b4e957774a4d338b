from setuptools import setup

setup(name="fraud-app", packages=["fraud_app"])
