# The program alone, for pipelines and as Argo CD's plugin:
#   npm run build:executable -- --platform linux-x64 --output build/image/cdk8s-estafette && docker build -t cdk8s-estafette .
# The base needs glibc and nothing else.
ARG BASE_IMAGE=gcr.io/distroless/base-nossl-debian12:nonroot

FROM ${BASE_IMAGE}
COPY build/image/cdk8s-estafette /usr/local/bin/cdk8s-estafette
# Where argocd-cmp-server reads it, which a sidecar of Argo CD's repo-server starts.
COPY plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
ENV PATH=/usr/local/bin:/usr/bin:/bin
WORKDIR /work
# A number, so that Kubernetes can see that it is not root; the one that Argo CD's own containers run as.
USER 999:999
ENTRYPOINT ["cdk8s-estafette"]
CMD ["--help"]
