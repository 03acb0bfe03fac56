# demo here
