import asyncio, json
from tests.stack import Api
from tests.graphql.queries import *
async def test_a(api: Api, citizen):
    async def q(query, token=None, **v):
        try:
            r = await api.post({"query": query, "variables": v}, token)
            print(r.status_code, r.text[:300])
        except BaseException as e:
            print("EXC", type(e), str(e)[:300])
    t = api.token(citizen)
    V = "query($f: ViolationFilter,$after:String,$first:Int){viewer{violations(filter:$f,after:$after,first:$first){totalCount}}}"
    import base64
    c=lambda s: base64.urlsafe_b64encode(s.encode()).decode()
    for f in [{"code":"\u0000"},{"plate":"使\u000012345"},{"occurredFrom":"0001-01-01"},{"occurredUntil":"9999-12-31"},{"occurredFrom":"nonsense"},{"occurredFrom":5},{"status":["NOPE"]},{"status":[[]]},{"code":"x"*50000},{"plate":""},{"code":""},{"code":"\U0001F600"}]:
        print(str(f)[:60], end=" "); await q(V,t,f=f)
    for a in ['["occurred_at",1e400,"x"]','["fine",1e400,"%s"]'%("0"*32),'["occurred_at","0001-01-01T00:00:00+23:59","%s"]'%("0"*32),'["occurred_at","9999-12-31T23:59:59-23:59","%s"]'%("0"*32),'["occurred_at","2024-01-01T00:00:00+20:00","%s"]'%("0"*32), '{"a":1,"b":2,"c":3}', '5', 'null','['*5000]:
        print(a[:60], end=" "); await q(V,t,after=c(a))
    print("fine"); await api.post({"query":V.replace("after:$after","after:$after,orderBy:{field:FINE}"),"variables":{"after":c('["fine",1e400,"%s"]'%("0"*32))}},t)
    for first in [2**31,2**70,1e10,True,"5",1.5,None]:
        print(first,end=" "); await q(V,t,first=first)
    print("surr"); await q('{violationCode(code:"\\ud800"){code}}')
    await q('{violationCode(code:"\\u0000"){code}}')
    await q('{violationCode(code:"1625\\u0000"){code description}}')
    await q('{violationCode(code:"1625'+'z'*40+'"){code description}}')
    r = await api.http.post("/graphql", content=b'{"query":"{viewer{id}}","variables":{"x":"\\ud800"}}', headers={"content-type":"application/json"}); print(r.status_code,r.text)
    r = await api.http.post("/graphql", content=b'{"query":"query($c:String!){violationCode(code:$c){code}}","variables":{"c":"\\ud800"}}', headers={"content-type":"application/json"}); print(r.status_code,r.text)
    r = await api.http.post("/graphql", content=b'{"query":"query($c:Int!){violationCodes(search:\\"\\",first:$c){totalCount}}","variables":{"c":1e400}}', headers={"content-type":"application/json"}); print(r.status_code,r.text)
    r = await api.http.post("/graphql", content=b'{"query":"query($c:Int!){violationCodes(search:\\"\\",first:$c){totalCount}}","variables":{"c":123456789012345678901234567890}}', headers={"content-type":"application/json"}); print(r.status_code,r.text)
    for body in [{"query":"{viewer{id}}","variables":x} for x in ([],0,"",False,[1])]+[{"query":"{viewer{id}}","operationName":x} for x in ([],0,"",False,{})]+[{"query":"{viewer{id}}","extensions":x} for x in ([],0,"")]+[[],{"query":""},{"query":"{"+"}"},{}]:
        try:
            r = await api.post(body); print(str(body)[:80], r.status_code, r.text[:200])
        except BaseException as e: print(str(body)[:80],"EXC",type(e),str(e)[:200])
    print("deep")
    for n in (10,100,300,330,400,498):
        await q("{a"*n+"}"*n)
    await q("{violationCode(code:"+"["*900+"]"*0+")")
    await q("{violationCode(code:"+"["*450+"]"*450+"){code}}")
    await q("query($x:"+"["*300+"Int"+"]"*300+"){viewer{id}}")
    await q("query{...A} fragment A on Query{...A}")
    await q("query{...A} fragment A on Query{...B viewer{id}} fragment B on Query{...A}")
    import time
    for n in (10,14):
        s=time.time(); await q("{...F0}"+"".join("fragment F%d on Query{...F%d ...F%d}"%(i,i+1,i+1) for i in range(n))+"fragment F%d on Query{__typename}"%n); print(n,time.time()-s)
    await q("{violationCode(code:\"1625\", on:\"x\"){code}}")
    await q("query($d:Date){violationCode(code:\"1625\", on:$d){code}}", d="x")
    await q("query($d:Date){violationCode(code:\"1625\", on:$d){code}}", d="0001-01-01")
    await q("mutation($i:BindVehicleInput!){bindVehicle(input:$i){__typename}}",t,i={"plate":"使\u000012345","plateType":"SMALL_VEHICLE","proof":"123456"})
    await q("mutation($i:BindVehicleInput!){bindVehicle(input:$i){__typename}}",t,i={"plate":"渝A12345","plateType":"SMALL_VEHICLE","proof":"\u0000"})
    await bind_all(api, citizen)
    await q("{viewer{vehicles{nodes{violations{totalCount}}}}}",t)
    await q("{viewer{vehicles{edges{node{violations{totalCount}}} nodes{violations{totalCount}}}}}",t)
    await q("{viewer{violations(first:3){nodes{vehicle{violations(first:50){totalCount}}}}}}",t)
