from setuptools import setup

setup(name="workorders", version="1.3", packages=["workorders"], install_requires=["requests"])
