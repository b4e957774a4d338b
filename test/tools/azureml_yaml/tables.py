"""Facts about Azure ML that its SDK does not hold: kinds, sizes, retired things."""

from __future__ import annotations

SKIP_DIRS = {".git", "node_modules", ".venv", "venv", "__pycache__", ".github", ".azure-pipelines"}

# last part of $schema, lower case, without .schema.json -> (kind, loader)
SCHEMAS = {
    "pipelinejob": "job",
    "commandjob": "job",
    "sweepjob": "job",
    "automljob": "job",
    "sparkjob": "job",
    "paralleljob": "job",
    "commandcomponent": "component",
    "pipelinecomponent": "component",
    "parallelcomponent": "component",
    "sparkcomponent": "component",
    "data": "data",
    "model": "model",
    "environment": "environment",
    "managedonlineendpoint": "online_endpoint",
    "kubernetesonlineendpoint": "online_endpoint",
    "onlineendpoint": "online_endpoint",
    "managedonlinedeployment": "online_deployment",
    "kubernetesonlinedeployment": "online_deployment",
    "onlinedeployment": "online_deployment",
    "batchendpoint": "batch_endpoint",
    "batchdeployment": "batch_deployment",
    "modelbatchdeployment": "model_batch_deployment",
    "pipelinecomponentbatchdeployment": "pipeline_component_batch_deployment",
    "amlcompute": "compute",
    "computeinstance": "compute",
    "vmcompute": "compute",
    "kubernetescompute": "compute",
    "schedule": "schedule",
    "monitorschedule": "schedule",
    "workspace": "workspace",
    "hub": "workspace",
    "project": "workspace",
    "azureblob": "datastore",
    "azurefile": "datastore",
    "azuredatalakegen1": "datastore",
    "azuredatalakegen2": "datastore",
    "connection": "connection",
    "modelversionpackage": "model_package",
    "registry": "registry",
    "featureset": "feature_set",
    "featurestore": "feature_store",
    "featurestoreentity": "feature_store_entity",
    "deploymenttemplate": "deployment_template",
}
# Known Azure ML documents that no public loader of azure-ai-ml reads.
UNSUPPORTED = {"dataimport", "flow", "run", "mltable", "featuresetspec"}

# learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list
ONLINE_SKUS = set(
    """
d2as_v4 d4as_v4 d8as_v4 d16as_v4 d32as_v4 d48as_v4 d64as_v4 d96as_v4 d2a_v4 d4a_v4 d8a_v4 d16a_v4 d32a_v4
d48a_v4 d64a_v4 d96a_v4 ds1_v2 ds2_v2 ds3_v2 ds4_v2 ds5_v2 e2s_v3 e4s_v3 e8s_v3 e16s_v3 e32s_v3 e48s_v3
e64s_v3 f2s_v2 f4s_v2 f8s_v2 f16s_v2 f32s_v2 f48s_v2 f64s_v2 f72s_v2 fx4mds fx12mds fx24mds fx36mds fx48mds
l8as_v3 l16as_v3 l32as_v3 l48as_v3 l64as_v3 l80as_v3 l8s_v2 l16s_v2 l32s_v2 l48s_v2 l64s_v2 l80s_v2 l8s_v3
l16s_v3 l32s_v3 l48s_v3 l64s_v3 l80s_v3 nc24ads_a100_v4 nc48ads_a100_v4 nc96ads_a100_v4 nc4as_t4_v3
nc8as_t4_v3 nc16as_t4_v3 nc64as_t4_v3 nc40ads_h100_v5 nc80adis_h100_v5 nd96amsr_a100_v4 nd96asr_v4
nd96is_h100_v5 nd96isr_h100_v5 nv6ads_a10_v5 nv12ads_a10_v5 nv18ads_a10_v5 nv36ads_a10_v5 nv36adms_a10_v5
nv72ads_a10_v5""".split()
)
MONITOR_SKUS = {"standard_e4s_v3", "standard_e8s_v3", "standard_e16s_v3", "standard_e32s_v3", "standard_e64s_v3"}
RETIRED = [  # pattern over the whole file text, what to say
    (r"ubuntu18\.04|ubuntu16\.04", "base image on an Ubuntu release that is out of support"),
    (r"ubuntu20\.04", "base image on Ubuntu 20.04 (standard support ended in 2025); use ubuntu22.04 or ubuntu24.04"),
    (r"python\s*=+\s*3\.[56789]\b", "Python version that is out of support"),
    (r"azuremlschemas\.azureedge\.net/(?!latest)", "$schema does not point at /latest/"),
    (
        r"AzureML-(sklearn|minimal|lightgbm|xgboost|pytorch|tensorflow|ACPT)[\w.-]*",
        "old curated environment name; current ones are azureml://registries/azureml/environments/NAME",
    ),
    (r"microsoft_azureml_rai_tabular_\w+", "old Responsible AI component name; current ones start with rai_tabular_"),
    (
        r"(?i)\bazureml-(core|defaults|contrib[\w-]*|train[\w-]*|dataprep|datadrift|pipeline)\b",
        "package of SDK v1, whose support ended on 2026-06-30",
    ),
]
