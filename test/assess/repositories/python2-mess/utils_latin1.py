# café du musée: import mlflow
import mlflow
mlflow.autolog()
