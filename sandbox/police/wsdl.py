"""The WSDL of a service, rpc/encoded, so that any SOAP toolkit can be a client."""

from xml.sax.saxutils import quoteattr

from sandbox.police.services import Service

REQUEST_NAMESPACE = "http://endpoint.axis.framework.tmri.com"
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"


def wsdl(service: Service, address: str) -> str:
    operations = service.operations.items()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<wsdl:definitions targetNamespace="{REQUEST_NAMESPACE}" xmlns:tns="{REQUEST_NAMESPACE}"'
        ' xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"'
        ' xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        + "".join(_messages(name, arguments) for name, arguments in operations)
        + f'<wsdl:portType name="{service.port}Type">'
        + "".join(_operation(name) for name in service.operations)
        + f'</wsdl:portType><wsdl:binding name="{service.port}Binding"'
        f' type="tns:{service.port}Type">'
        '<soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>'
        + "".join(_bound(name) for name in service.operations)
        + f'</wsdl:binding><wsdl:service name="{service.name}">'
        f'<wsdl:port name="{service.port}" binding="tns:{service.port}Binding">'
        f"<soap:address location={quoteattr(address)}/></wsdl:port></wsdl:service>"
        "</wsdl:definitions>"
    )


def _messages(operation: str, arguments: tuple[str, ...]) -> str:
    parts = "".join(f'<wsdl:part name="{name}" type="xsd:string"/>' for name in arguments)
    return (
        f'<wsdl:message name="{operation}Request">{parts}</wsdl:message>'
        f'<wsdl:message name="{operation}Response">'
        f'<wsdl:part name="{operation}Return" type="xsd:string"/></wsdl:message>'
    )


def _operation(name: str) -> str:
    return (
        f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}Request"/>'
        f'<wsdl:output message="tns:{name}Response"/></wsdl:operation>'
    )


def _bound(name: str) -> str:
    body = f'<soap:body use="encoded" encodingStyle="{_ENCODING}" namespace="{REQUEST_NAMESPACE}"/>'
    return (
        f'<wsdl:operation name="{name}"><soap:operation soapAction=""/>'
        f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output></wsdl:operation>"
    )
