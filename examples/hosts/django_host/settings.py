"""The least that Django needs; MALLSYNC_* are ours."""

from __future__ import annotations

import os

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "made-up-and-for-this-example-only")
INSTALLED_APPS = ["django_host"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DJANGO_DATABASE", "host.db"),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "django_host.urls"
ALLOWED_HOSTS = ["localhost", "testserver"]
USE_TZ = True

MALLSYNC_SHOPS = os.environ.get("MALLSYNC_SHOPS", "shops.toml")
MALLSYNC_STORE = os.environ.get("MALLSYNC_STORE", "sqlite:///orders.db")
