<%_ if (online) { _%>
# What a model answers well within the endpoint's time limit; more belongs in several requests.
MAX_ROWS = 1000
# Far beyond any measurement, and small enough that no step of a model overflows.
MAX_NUMBER = 1e18
<%_ } _%>
