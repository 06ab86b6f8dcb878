stands 'host drain 7' "host drain $(query 'select max(worker_id) from tasker.worker')"
