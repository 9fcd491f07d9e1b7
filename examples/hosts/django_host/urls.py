"""Where the page is."""

from __future__ import annotations

from django.urls import path

from django_host.views import why

urlpatterns = [path("orders/<str:mall>/<str:shop>/<str:number>/why", why)]
